import { Group, Stack, Text } from '@mantine/core';
import type { EventView } from '@phalanx/contracts';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { useAppliance, useNameOf } from '../../platform/api/resources.js';
import { useSession } from '../../platform/api/session.js';
import { useResource } from '../../platform/api/use-list.js';
import { AnchorLink } from '../../platform/components/anchor-link.js';
import { type Fact, Facts } from '../../platform/components/facts.js';
import { Loaded } from '../../platform/components/loaded.js';
import { ExactTime } from '../../platform/components/time.js';
import { useFormat } from '../../platform/format/use-format.js';
import { haLine, networkLine } from './box-event-line.js';
import { AttackDetail } from './attack-detail.js';

/** Everything that is known of one event. */
export function EventDetail({ id }: { readonly id: string }): ReactNode {
  const { t } = useTranslation();
  const event = useResource<EventView>(`/events/${id}`, {}, { staleTimeMs: 60_000 });
  return (
    <Loaded query={event} what={t('event.oneUnread')} lines={8}>
      {(view) => (
        <Stack gap="md">
          {view.kind === 'attack' ? <AttackDetail event={view} /> : <OtherDetail event={view} />}
          <Origin event={view} />
        </Stack>
      )}
    </Loaded>
  );
}

/** When it was by which clock, and on which box. */
function Origin({ event }: { readonly event: EventView }): ReactNode {
  const { t } = useTranslation();
  const format = useFormat();
  const tenantName = useNameOf(useSession().tenants);
  const appliance = useAppliance(event.applianceId);
  const facts: readonly Fact[] = [
    { label: t('event.fact.occurred'), value: <ExactTime at={event.occurredAt} /> },
    { label: t('event.fact.boxTime'), value: <ExactTime at={event.time} /> },
    {
      label: t('event.fact.received'),
      value: t('event.fact.after', { time: format.milliseconds(Date.parse(event.receivedAt) - Date.parse(event.occurredAt)) }),
    },
    { label: t('event.fact.tenant'), value: tenantName(event.tenantId) },
    {
      label: t('event.fact.appliance'),
      value: (
        <AnchorLink to="/appliances/$id" params={{ id: event.applianceId }}>
          {appliance.data?.name ?? event.applianceId.slice(0, 8)}
        </AnchorLink>
      ),
    },
  ];
  return <Facts items={facts} />;
}

function OtherDetail({ event }: { readonly event: Exclude<EventView, { kind: 'attack' }> }): ReactNode {
  const { t } = useTranslation();
  if (event.kind === 'loss')
    return (
      <Stack gap="xs">
        <Text fw={600}>{t('event.lossSummary', { count: event.lost, reason: event.reason })}</Text>
        <Text size="sm">{t('event.lossExplain')}</Text>
        <Text size="sm" component="div">
          <ExactTime at={event.from} /> – <ExactTime at={event.to} />
        </Text>
      </Stack>
    );
  if (event.kind === 'network' || event.kind === 'ha') {
    const line = event.kind === 'network' ? networkLine(event, t) : haLine(event, t);
    return (
      <Stack gap="xs">
        <Text fw={600}>{line}</Text>
        <pre className="mono" style={{ whiteSpace: 'pre-wrap', margin: 0 }}>
          {JSON.stringify(event, null, 2)}
        </pre>
      </Stack>
    );
  }
  return (
    <Stack gap="xs">
      <Text fw={600}>{event.message}</Text>
      <Group gap="md">
        <span className="mono">{event.code}</span>
        <span>{t(`severity.${event.severity}`)}</span>
      </Group>
      <pre className="mono" style={{ whiteSpace: 'pre-wrap', margin: 0 }}>
        {JSON.stringify(event.details, null, 2)}
      </pre>
    </Stack>
  );
}
