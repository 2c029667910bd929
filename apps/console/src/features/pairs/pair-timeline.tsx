import { Button, Group, Stack, Text } from '@mantine/core';
import type { HaTimelineItem, HaView } from '@phalanx/contracts';
import {
  IconArrowsExchange,
  IconArrowsSplit2,
  IconCircleX,
  IconHandClick,
  IconRefreshAlert,
  IconServer,
  IconVolumeOff,
} from '@tabler/icons-react';
import type { Icon } from '@tabler/icons-react';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { usePages } from '../../platform/api/use-list.js';
import { AnchorLink } from '../../platform/components/anchor-link.js';
import { Empty } from '../../platform/components/empty.js';
import { PlainTable, type PlainColumn } from '../../platform/components/plain-table.js';
import { ProblemAlert } from '../../platform/components/problem.js';
import { Status, type Tone } from '../../platform/components/status.js';
import { ClockTime } from '../../platform/components/time.js';
import { useFormat } from '../../platform/format/use-format.js';

const LOOKS = {
  failover: { tone: 'warn', icon: IconArrowsExchange },
  'two-masters': { tone: 'bad', icon: IconArrowsSplit2 },
  'no-master': { tone: 'bad', icon: IconCircleX },
  'silent-peer': { tone: 'warn', icon: IconVolumeOff },
  flapping: { tone: 'bad', icon: IconRefreshAlert },
  member: { tone: 'none', icon: IconServer },
  command: { tone: 'busy', icon: IconHandClick },
} as const satisfies Record<HaTimelineItem['kind'], { tone: Tone; icon: Icon }>;

/** What happened to the pair, joined from both members, newest first. */
export function PairTimeline({ pair }: { readonly pair: HaView }): ReactNode {
  const { t } = useTranslation();
  const format = useFormat();
  const list = usePages<HaTimelineItem>(`/clusters/${pair.clusterId}/ha/timeline`, {}, { refetchIntervalMs: 10_000 });
  const nameOf = (id: string | null) =>
    pair.members.find((member) => member.applianceId === id)?.name ?? (id ? id.slice(0, 8) : t('state.none'));
  const columns: readonly PlainColumn<HaTimelineItem>[] = [
    {
      id: 'at',
      header: t('pair.column.at'),
      cell: (row) => (
        <span title={t('pair.uncertain', { uncertainty: format.milliseconds(row.uncertaintyMs) })}>
          <ClockTime at={row.at} />
        </span>
      ),
    },
    {
      id: 'what',
      header: t('pair.column.what'),
      cell: (row) => {
        const { tone, icon } = LOOKS[row.kind];
        return (
          <Status tone={row.kind === 'failover' && row.planned ? 'none' : tone} icon={icon}>
            {row.kind === 'failover' ? t(row.planned ? 'pair.kind.planned' : 'pair.kind.unplanned') : t(`pair.kind.${row.kind}`)}
          </Status>
        );
      },
    },
    {
      id: 'way',
      header: t('pair.column.way'),
      cell: (row) =>
        row.toApplianceId === null && row.fromApplianceId === null
          ? t('state.none')
          : row.fromApplianceId === null || row.toApplianceId === null
            ? nameOf(row.fromApplianceId ?? row.toApplianceId)
            : t('pair.fromTo', { from: nameOf(row.fromApplianceId), to: nameOf(row.toApplianceId) }),
    },
    { id: 'why', header: t('pair.column.why'), cell: (row) => t(`event.haCause.${row.cause}`) },
    {
      id: 'gap',
      header: t('pair.column.gap'),
      isNumber: true,
      cell: (row) => (row.gapMs === null ? t('state.none') : format.milliseconds(row.gapMs)),
    },
    { id: 'who', header: t('pair.column.who'), cell: (row) => row.orderedBy ?? t('state.none') },
    {
      id: 'message',
      header: t('pair.column.message'),
      cell: (row) => (
        <Stack gap={0}>
          <span>{row.message}</span>
          {row.transitions[0] && (
            <AnchorLink to="/events/$id" params={{ id: row.transitions[0].eventId }} size="xs">
              {t('pair.transitions', { count: row.transitions.length })}
            </AnchorLink>
          )}
        </Stack>
      ),
    },
  ];
  if (list.isError && list.items.length === 0)
    return <ProblemAlert error={list.error} what={t('pair.timelineUnread')} onRetry={() => void list.refetch()} />;
  return (
    <Stack gap="sm">
      <PlainTable
        label={t('pair.timeline')}
        columns={columns}
        rows={list.items}
        keyOf={(row) => row.id}
        minWidth={980}
        empty={list.isPending ? <Text size="sm">{t('state.loading')}</Text> : <Empty title={t('pair.quiet')} next={t('pair.quietNext')} />}
      />
      {list.hasNextPage && (
        <Group>
          <Button size="xs" variant="default" loading={list.isFetchingNextPage} onClick={() => void list.fetchNextPage()}>
            {t('action.more')}
          </Button>
        </Group>
      )}
      <Text size="xs" c="dimmed" component="div">
        {t('pair.timesExplain')}
      </Text>
    </Stack>
  );
}
