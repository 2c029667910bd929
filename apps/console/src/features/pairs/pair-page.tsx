import { Group } from '@mantine/core';
import type { ClusterView, HaView } from '@phalanx/contracts';
import { useParams } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { toApiError } from '../../platform/api/api-error.js';
import { useCan } from '../../platform/api/session.js';
import { useResource } from '../../platform/api/use-list.js';
import { AnchorLink } from '../../platform/components/anchor-link.js';
import { Empty } from '../../platform/components/empty.js';
import { type Fact, Facts } from '../../platform/components/facts.js';
import { Loaded } from '../../platform/components/loaded.js';
import { Page } from '../../platform/components/page.js';
import { Panel } from '../../platform/components/panel.js';
import { RelativeTime } from '../../platform/components/time.js';
import { useFormat } from '../../platform/format/use-format.js';
import { PairCommands } from './pair-commands.js';
import { PairCondition } from '../../platform/components/pair-condition.js';
import { PairDrawing } from './pair-drawing.js';
import { PairTimeline } from './pair-timeline.js';

/** One pair: how it stands in words, both members drawn, and what happened to it. */
export function PairPage(): ReactNode {
  const { t } = useTranslation();
  const { id } = useParams({ from: '/frame/pairs/$id' });
  const cluster = useResource<ClusterView>(`/clusters/${id}`);
  const pair = useResource<HaView>(`/clusters/${id}/ha`, {}, { refetchIntervalMs: 5_000 });
  const canCommand = useCan('ha:write');
  const isUnpaired = pair.isError && toApiError(pair.error).status === 404;
  return (
    <Page
      title={cluster.data?.name ?? t('pair.title')}
      above={
        <AnchorLink to="/network" size="sm">
          {t('action.back', { place: t('page.network') })}
        </AnchorLink>
      }
      sentence={pair.data && <Sentence pair={pair.data} />}
      actions={canCommand && pair.data && <PairCommands pair={pair.data} />}
    >
      {isUnpaired ? (
        <Empty title={t('pair.none')} next={t('pair.noneNext')} />
      ) : (
        <Loaded query={pair} what={t('pair.unread')} lines={6}>
          {(view) => (
            <>
              <Panel title={t('pair.drawing')}>
                <PairDrawing pair={view} />
              </Panel>
              <Panel title={t('pair.timeline')}>
                <PairTimeline pair={view} />
              </Panel>
              <Panel title={t('pair.settings')}>
                <PairSettings pair={view} />
              </Panel>
            </>
          )}
        </Loaded>
      )}
    </Page>
  );
}

function Sentence({ pair }: { readonly pair: HaView }): ReactNode {
  return (
    <Group gap={8} wrap="wrap">
      <PairCondition condition={pair.condition} />
      <span>{pair.conditionReason}</span>
      <span>
        · <RelativeTime at={pair.conditionSince} />
      </span>
    </Group>
  );
}

function PairSettings({ pair }: { readonly pair: HaView }): ReactNode {
  const { t } = useTranslation();
  const format = useFormat();
  const { settings } = pair;
  const facts: readonly Fact[] = [
    {
      label: t('pair.setting.addresses'),
      value: <span className="mono">{settings.virtualAddresses.map((item) => `${item.address} ${item.interface}`).join(', ')}</span>,
    },
    { label: t('pair.setting.vrid'), value: format.number(settings.vrid) },
    { label: t('pair.setting.advert'), value: format.milliseconds(settings.advertMs) },
    { label: t('pair.setting.transport'), value: t(`pair.transport.${settings.transport}`) },
    { label: t('pair.setting.preempt'), value: settings.preempt ? t('state.yes') : t('state.no') },
    {
      label: t('pair.setting.track'),
      value: t('pair.setting.trackValue', {
        interval: format.milliseconds(settings.track.intervalMs),
        fall: settings.track.fall,
        rise: settings.track.rise,
      }),
    },
    {
      label: t('pair.setting.sync'),
      value: settings.syncPort === null ? t('state.no') : t('pair.setting.syncPort', { port: settings.syncPort }),
    },
  ];
  return <Facts items={facts} />;
}
