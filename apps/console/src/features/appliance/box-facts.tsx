import type { ApplianceView, HealthView } from '@phalanx/contracts';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { useNameOf, useSites } from '../../platform/api/resources.js';
import { useSession } from '../../platform/api/session.js';
import { type Fact, Facts } from '../../platform/components/facts.js';
import { useReason } from '../../platform/components/reason.js';
import { ExactTime, RelativeTime } from '../../platform/components/time.js';
import { useFormat } from '../../platform/format/use-format.js';

interface Props {
  readonly appliance: ApplianceView;
  readonly health: HealthView;
}

/** What the box says of itself, with units. */
export function BoxFacts({ appliance, health }: Props): ReactNode {
  const { t } = useTranslation();
  const format = useFormat();
  const reason = useReason();
  const tenantName = useNameOf(useSession().tenants);
  const site = useSites(appliance.tenantId).data?.items.find(({ id }) => id === appliance.siteId);
  const none = t('state.none');
  const { box, engine } = health;
  const share = (used: number, total: number) => t('unit.ofTotal', { value: format.bytes(used), total: format.bytes(total) });
  const facts: readonly Fact[] = [
    { label: t('appliance.box.tenant'), value: tenantName(appliance.tenantId) },
    { label: t('appliance.box.site'), value: site ? t('appliance.box.siteZone', { name: site.name, zone: site.timeZone }) : none },
    { label: t('appliance.box.addresses'), value: <span className="mono">{appliance.listenAddresses.join(', ')}</span> },
    {
      label: t('appliance.box.link'),
      value: health.online
        ? t('appliance.box.online')
        : health.offlineReason === null
          ? t('appliance.box.offline')
          : t('appliance.box.offlineWhy', { reason: reason(health.offlineReason) }),
    },
    { label: t('appliance.box.seen'), value: health.lastSeenAt === null ? t('fleet.neverSeen') : <RelativeTime at={health.lastSeenAt} /> },
    {
      label: t('appliance.box.versions'),
      value: t('appliance.box.versionPair', { agent: health.agentVersion ?? none, engine: health.engineVersion ?? none }),
    },
    {
      label: t('appliance.box.certificate'),
      value: health.certificateNotAfter === null ? none : <ExactTime at={health.certificateNotAfter} />,
    },
    {
      label: t('appliance.box.clock'),
      value:
        health.clockOffsetMs === null
          ? none
          : t('appliance.box.clockOffset', {
              offset: format.milliseconds(health.clockOffsetMs),
              uncertainty: format.milliseconds(health.clockUncertaintyMs ?? 0),
            }),
    },
    { label: t('appliance.box.memory'), value: box ? share(box.memoryUsedBytes, box.memoryTotalBytes) : none },
    { label: t('appliance.box.disk'), value: box ? share(box.diskUsedBytes, box.diskTotalBytes) : none },
    {
      label: t('appliance.box.spool'),
      value: box ? t('appliance.box.spoolSize', { count: box.spoolRecords, size: format.bytes(box.spoolBytes) }) : none,
    },
    { label: t('appliance.box.uptime'), value: box ? format.duration(box.uptimeSeconds) : none },
    { label: t('appliance.box.connections'), value: engine ? format.number(engine.connections) : none },
    {
      label: t('appliance.box.inspection'),
      value: engine?.inspectionMs
        ? t('appliance.box.percentiles', {
            p50: format.milliseconds(engine.inspectionMs.p50),
            p99: format.milliseconds(engine.inspectionMs.p99),
          })
        : none,
    },
    { label: t('appliance.box.lost'), value: engine ? format.number(engine.eventsLost) : none },
  ];
  return <Facts items={facts} />;
}
