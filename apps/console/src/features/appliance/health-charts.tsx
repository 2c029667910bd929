import { SimpleGrid } from '@mantine/core';
import type { HealthHistoryView } from '@phalanx/contracts';
import { type ReactNode, useMemo } from 'react';
import { useTranslation } from 'react-i18next';
import { useResource } from '../../platform/api/use-list.js';
import { Empty } from '../../platform/components/empty.js';
import { fillGaps } from '../../platform/components/fill-gaps.js';
import { Loaded } from '../../platform/components/loaded.js';
import type { SpanId, SpanWindow } from '../../platform/components/spans.js';
import { TimeChart } from '../../platform/components/time-chart.js';
import { useSpanWindow } from '../../platform/components/time-span.js';
import { useFormat } from '../../platform/format/use-format.js';

interface Props {
  readonly applianceId: string;
  readonly span: SpanId;
}

/** How the box was: load on it, what it refused, how long clients waited. */
export function HealthCharts({ applianceId, span }: Props): ReactNode {
  const { t } = useTranslation();
  const window = useSpanWindow(span);
  const history = useResource<HealthHistoryView>(
    `/appliances/${applianceId}/health/history`,
    { from: window.from, to: window.to, bucketMinutes: window.bucketMinutes },
    { keepOld: true },
  );
  return (
    <Loaded query={history} what={t('appliance.healthUnread')} lines={6}>
      {(view) =>
        view.items.length === 0 ? (
          <Empty title={t('appliance.health.none')} next={t('appliance.health.noneNext')} />
        ) : (
          <Charts view={view} window={window} />
        )
      }
    </Loaded>
  );
}

function Charts({ view, window }: { readonly view: HealthHistoryView; readonly window: SpanWindow }): ReactNode {
  const { t } = useTranslation();
  const format = useFormat();
  const chart = useMemo(() => {
    const { times, items } = fillGaps(view.items, window.fromMs, window.toMs, window.bucketMs);
    const line = (read: (item: HealthHistoryView['items'][number]) => number | null) => items.map((item) => (item ? read(item) : null));
    return {
      times,
      requests: line((item) => item.requestsPerSecond),
      blocked: line((item) => item.blockedPerSecond),
      p50: line((item) => item.latencyP50Ms),
      p99: line((item) => item.latencyP99Ms),
      cpu: line((item) => item.cpu),
      memory: line((item) => item.memoryUsedBytes),
      disk: line((item) => item.diskUsedBytes),
    };
  }, [view, window]);
  const perSecond = (value: number) => t('unit.perSecond', { value: format.figure(value) });
  return (
    <SimpleGrid cols={{ base: 1, md: 2 }} spacing="xl">
      <TimeChart
        question={t('appliance.health.requests')}
        times={chart.times}
        series={[{ label: t('appliance.health.requestsLine'), tone: 'accent', values: chart.requests }]}
        write={perSecond}
      />
      <TimeChart
        question={t('appliance.health.blocked')}
        times={chart.times}
        series={[{ label: t('appliance.health.blockedLine'), tone: 'bad', values: chart.blocked }]}
        write={perSecond}
      />
      <TimeChart
        question={t('appliance.health.latency')}
        times={chart.times}
        series={[
          { label: t('appliance.health.p99'), tone: 'warn', values: chart.p99 },
          { label: t('appliance.health.p50'), tone: 'accent', values: chart.p50 },
        ]}
        write={(value) => format.milliseconds(value)}
      />
      <TimeChart
        question={t('appliance.health.cpu')}
        times={chart.times}
        series={[{ label: t('appliance.health.cpuLine'), tone: 'accent', values: chart.cpu }]}
        write={(value) => format.percent(value)}
        top={1}
      />
      <TimeChart
        question={t('appliance.health.memory')}
        times={chart.times}
        series={[{ label: t('appliance.health.memoryLine'), tone: 'accent', values: chart.memory }]}
        write={(value) => format.bytes(value)}
      />
      <TimeChart
        question={t('appliance.health.disk')}
        times={chart.times}
        series={[{ label: t('appliance.health.diskLine'), tone: 'accent', values: chart.disk }]}
        write={(value) => format.bytes(value)}
      />
    </SimpleGrid>
  );
}
