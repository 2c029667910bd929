import { useNavigate, useSearch } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { useAppliances } from '../../platform/api/resources.js';
import { useColumnChoice } from '../../platform/components/column-choice.js';
import { Loaded } from '../../platform/components/loaded.js';
import { Page } from '../../platform/components/page.js';
import { useTenant } from '../../platform/frame/use-tenant.js';
import { FleetCounts } from './fleet-counts.js';
import { FleetFilter } from './fleet-filter.js';
import { FleetSentence } from './fleet-sentence.js';
import { FleetTable } from './fleet-table.js';
import { useFleetColumns } from './use-fleet-columns.js';
import { summariseFleet } from './fleet-summary.js';

/** All appliances: how the fleet stands in one sentence, counts that filter, and the list. */
export function FleetPage(): ReactNode {
  const { t } = useTranslation();
  const tenantId = useTenant()?.id;
  const appliances = useAppliances(tenantId);
  const search = useSearch({ from: '/frame/fleet' });
  const navigate = useNavigate({ from: '/fleet' });
  const { columns, menu } = useColumnChoice('fleet', useFleetColumns());
  return (
    <Page
      title={t('page.fleet')}
      fill
      actions={menu}
      sentence={appliances.data && <FleetSentence summary={summariseFleet(appliances.data.items)} isCut={appliances.data.isCut} />}
    >
      <Loaded query={appliances} what={t('fleet.unread')} lines={2}>
        {(list) => <FleetCounts summary={summariseFleet(list.items)} chosen={search.syncState} />}
      </Loaded>
      <FleetFilter search={search} onChange={(patch) => void navigate({ search: (now) => ({ ...now, ...patch }), replace: true })} />
      <FleetTable search={search} columns={columns} />
    </Page>
  );
}
