import { Badge, Group, SimpleGrid } from '@mantine/core';
import type { ApplianceView } from '@phalanx/contracts';
import { useNavigate, useParams, useSearch } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { useAppliance, useApplianceState, useHealth } from '../../platform/api/resources.js';
import { useCan } from '../../platform/api/session.js';
import { AnchorLink } from '../../platform/components/anchor-link.js';
import { Loaded } from '../../platform/components/loaded.js';
import { Page } from '../../platform/components/page.js';
import { Panel } from '../../platform/components/panel.js';
import { Reason } from '../../platform/components/reason.js';
import { parseSpan } from '../../platform/components/spans.js';
import { SyncStatus } from '../../platform/components/sync-status.js';
import { TimeSpan } from '../../platform/components/time-span.js';
import { BoxFacts } from './box-facts.js';
import { ClaimButton } from './claim-button.js';
import { DriftPanel } from './drift-panel.js';
import { EnrolmentsPanel } from './enrolments-panel.js';
import { FacetsPanel } from './facets-panel.js';
import { HealthCharts } from './health-charts.js';
import { NetworkPanel } from './network-panel.js';
import { ServesPanel } from './serves-panel.js';
import { WorkersPanel } from './workers-panel.js';

/** One appliance: what it should run beside what it runs, how it is, and its identities. */
export function AppliancePage(): ReactNode {
  const { t } = useTranslation();
  const { id } = useParams({ from: '/frame/appliances/$id' });
  const search = useSearch({ from: '/frame/appliances/$id' });
  const navigate = useNavigate({ from: '/appliances/$id' });
  const appliance = useAppliance(id);
  const state = useApplianceState(id);
  const health = useHealth(id);
  const canSeeEnrolments = useCan('enrolment:read');
  const span = parseSpan(search.span);
  return (
    <Page
      title={appliance.data?.name ?? t('appliance.title')}
      above={
        <AnchorLink to="/fleet" size="sm">
          {t('action.back', { place: t('page.fleet') })}
        </AnchorLink>
      }
      sentence={appliance.data && <Sentence appliance={appliance.data} />}
      actions={appliance.data && <ClaimButton appliance={appliance.data} />}
    >
      <Loaded query={appliance} what={t('appliance.unread')}>
        {(box) => (
          <>
            {box.tags.length > 0 && (
              <Group gap={6} aria-label={t('appliance.tags')}>
                {box.tags.map((tag) => (
                  <AnchorLink key={tag} to="/fleet" search={(now) => ({ tenant: now.tenant, tag })} underline="never">
                    <Badge variant="default" tt="none" fw={500} style={{ cursor: 'pointer' }}>
                      {tag}
                    </Badge>
                  </AnchorLink>
                ))}
              </Group>
            )}
            <Panel title={t('appliance.facets.title')}>
              <Loaded query={state} what={t('appliance.stateUnread')}>
                {(view) => <FacetsPanel state={view} />}
              </Loaded>
            </Panel>
            {state.data && <DriftPanel state={state.data} />}
            <Panel title={t('appliance.workers.title')}>
              <Loaded query={state} what={t('appliance.stateUnread')}>
                {(view) => <WorkersPanel state={view} />}
              </Loaded>
            </Panel>
            <Panel
              title={t('appliance.health.title')}
              actions={
                <TimeSpan value={span} onChange={(next) => void navigate({ search: (now) => ({ ...now, span: next }), replace: true })} />
              }
            >
              <HealthCharts applianceId={id} span={span} />
            </Panel>
            <Panel title={t('appliance.network.title')}>
              <Loaded query={health} what={t('appliance.healthUnread')}>
                {(now) => <NetworkPanel health={now} />}
              </Loaded>
            </Panel>
            <SimpleGrid cols={{ base: 1, lg: 2 }} spacing="md">
              <Panel title={t('appliance.box.title')}>
                <Loaded query={health} what={t('appliance.healthUnread')}>
                  {(now) => <BoxFacts appliance={box} health={now} />}
                </Loaded>
              </Panel>
              <Panel title={t('appliance.serves.title')}>
                <ServesPanel appliance={box} />
              </Panel>
            </SimpleGrid>
            {canSeeEnrolments && (
              <Panel title={t('appliance.enrolments.title')}>
                <EnrolmentsPanel appliance={box} />
              </Panel>
            )}
          </>
        )}
      </Loaded>
    </Page>
  );
}

function Sentence({ appliance }: { readonly appliance: ApplianceView }): ReactNode {
  const { t } = useTranslation();
  return (
    <Group gap={8} wrap="wrap">
      <SyncStatus state={appliance.syncState} />
      <span>{t(`appliance.sentence.${appliance.syncState}`)}</span>
      {appliance.syncReason !== null && (
        <strong style={{ fontWeight: 600 }}>
          <Reason text={appliance.syncReason} />
        </strong>
      )}
    </Group>
  );
}
