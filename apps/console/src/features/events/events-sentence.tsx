import type { RollupView } from '@phalanx/contracts';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { useResource } from '../../platform/api/use-list.js';
import { AnchorLink } from '../../platform/components/anchor-link.js';
import { useSpanWindow } from '../../platform/components/time-span.js';
import { useFormat } from '../../platform/format/use-format.js';
import { useTenant } from '../../platform/frame/use-tenant.js';
import type { EventFilter } from './event-search.js';

/** What the last hour brought, for the part of the filter that the sums know. Each number leads to its events. */
export function EventsSentence({ filter }: { readonly filter: EventFilter }): ReactNode {
  const { t } = useTranslation();
  const format = useFormat();
  const tenantId = useTenant()?.id;
  const { from, to } = useSpanWindow('hour');
  const { applianceId, applicationId } = filter;
  const { data } = useResource<RollupView>(
    '/event-rollups',
    { tenantId, applianceId, applicationId, from, to, bucketMinutes: 60 },
    { keepOld: true, refetchIntervalMs: 15_000 },
  );
  if (!data) return null;
  const sum = (key: 'blocked' | 'detected' | 'lost') => data.items.reduce((total, item) => total + item[key], 0);
  const link = (action: 'blocked' | 'detected') => (
    <AnchorLink to="/events" search={(now) => ({ tenant: now.tenant, applianceId, applicationId, action, from })}>
      {t(`event.sentence.${action}`, { count: sum(action), shown: format.number(sum(action)) })}
    </AnchorLink>
  );
  return (
    <>
      {t('event.sentence.hour')} {link('blocked')} {' · '} {link('detected')}
      {sum('lost') > 0 && (
        <>
          {' · '}
          <AnchorLink to="/events" search={(now) => ({ tenant: now.tenant, applianceId, kind: 'loss', from })}>
            {t('event.sentence.lost', { count: sum('lost'), shown: format.number(sum('lost')) })}
          </AnchorLink>
        </>
      )}
    </>
  );
}
