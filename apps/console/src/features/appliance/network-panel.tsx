import { SimpleGrid, Stack, Text } from '@mantine/core';
import type { HealthView, InterfaceFigures, NetworkFigures } from '@phalanx/contracts';
import { IconCircleCheck, IconCircleX } from '@tabler/icons-react';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { AnchorLink } from '../../platform/components/anchor-link.js';
import { PlainTable, type PlainColumn } from '../../platform/components/plain-table.js';
import { Reason } from '../../platform/components/reason.js';
import { Status } from '../../platform/components/status.js';
import { useFormat } from '../../platform/format/use-format.js';

/** Counters of each interface, what the packet engine stopped, and what this box can't do. */
export function NetworkPanel({ health }: { readonly health: HealthView }): ReactNode {
  const { t } = useTranslation();
  const format = useFormat();
  const { network, capabilities } = health;
  const unable = capabilities.filter(({ isAble }) => !isAble);
  return (
    <Stack gap="md">
      {network ? (
        <>
          <Text size="sm">
            {t('appliance.network.sentence', {
              inKernel: network.blocks.inKernel,
              desired: network.blocks.desired,
              own: network.ownBlocksTotal,
              tracked: network.connections ? format.number(network.connections.tracked) : t('state.none'),
            })}{' '}
            <AnchorLink to="/blocks" search={(now) => ({ tenant: now.tenant })}>
              {t('page.blocks')}
            </AnchorLink>
          </Text>
          <SimpleGrid cols={{ base: 1, xl: 2 }} spacing="md">
            <Interfaces interfaces={network.interfaces} />
            <Stopped health={health} stopped={network.stopped} />
          </SimpleGrid>
        </>
      ) : (
        <Text size="sm">{t('appliance.network.none')}</Text>
      )}
      {unable.map(({ facet, reason }) => (
        <Text key={facet} size="sm" c="dimmed" component="div">
          {t(`facet.${facet}`)}: {reason === null ? t('appliance.network.unable') : <Reason text={reason} />}
        </Text>
      ))}
    </Stack>
  );
}

function Interfaces({ interfaces }: { readonly interfaces: readonly InterfaceFigures[] }): ReactNode {
  const { t } = useTranslation();
  const format = useFormat();
  const amount = (packets: number, bytes: number) => (
    <span title={t('appliance.network.packets', { packets: format.number(packets) })}>{format.bytes(bytes)}</span>
  );
  const columns: readonly PlainColumn<InterfaceFigures>[] = [
    { id: 'name', header: t('appliance.network.interface'), cell: (row) => <strong className="mono">{row.name}</strong> },
    {
      id: 'state',
      header: t('fleet.column.status'),
      cell: (row) => (
        <Status tone={row.up ? 'good' : 'bad'} icon={row.up ? IconCircleCheck : IconCircleX}>
          {t(row.up ? 'appliance.network.up' : 'appliance.network.down')}
        </Status>
      ),
    },
    {
      id: 'received',
      header: t('appliance.network.received'),
      isNumber: true,
      cell: (row) => amount(row.receivedPackets, row.receivedBytes),
    },
    { id: 'sent', header: t('appliance.network.sent'), isNumber: true, cell: (row) => amount(row.sentPackets, row.sentBytes) },
    {
      id: 'dropped',
      header: t('appliance.network.dropped'),
      isNumber: true,
      cell: (row) => format.number(row.receivedDropped + row.sentDropped),
    },
    {
      id: 'errors',
      header: t('appliance.network.errors'),
      isNumber: true,
      cell: (row) => format.number(row.receivedErrors + row.sentErrors),
    },
  ];
  return (
    <PlainTable
      label={t('appliance.network.interfaces')}
      columns={columns}
      rows={interfaces}
      keyOf={(row) => row.name}
      minWidth={520}
      empty={<Text size="sm">{t('appliance.network.noInterface')}</Text>}
    />
  );
}

interface StoppedProps {
  readonly health: HealthView;
  readonly stopped: NetworkFigures['stopped'];
}

function Stopped({ health, stopped }: StoppedProps): ReactNode {
  const { t } = useTranslation();
  const format = useFormat();
  const columns: readonly PlainColumn<NetworkFigures['stopped'][number]>[] = [
    {
      id: 'threat',
      header: t('appliance.network.threat'),
      cell: (row) => (
        <AnchorLink to="/events" search={(now) => ({ tenant: now.tenant, applianceId: health.applianceId, kind: 'network' })}>
          {t(`event.threat.${row.threat}`)}
        </AnchorLink>
      ),
    },
    { id: 'packets', header: t('block.column.packets'), isNumber: true, cell: (row) => format.number(row.packets) },
    { id: 'bytes', header: t('appliance.network.amount'), isNumber: true, cell: (row) => format.bytes(row.bytes) },
  ];
  return (
    <PlainTable
      label={t('appliance.network.stopped')}
      columns={columns}
      rows={stopped.filter(({ packets }) => packets > 0)}
      keyOf={(row) => row.threat}
      minWidth={320}
      empty={<Text size="sm">{t('appliance.network.nothingStopped')}</Text>}
    />
  );
}
