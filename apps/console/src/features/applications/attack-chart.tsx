import { Text } from '@mantine/core';
import type { RollupView } from '@phalanx/contracts';
import { type ReactNode, useMemo } from 'react';
import { useTranslation } from 'react-i18next';
import { useResource } from '../../platform/api/use-list.js';
import { AnchorLink } from '../../platform/components/anchor-link.js';
import { fillGaps } from '../../platform/components/fill-gaps.js';
import { Loaded } from '../../platform/components/loaded.js';
import type { SpanId } from '../../platform/components/spans.js';
import { TimeChart } from '../../platform/components/time-chart.js';
import { useSpanWindow } from '../../platform/components/time-span.js';
import { useFormat } from '../../platform/format/use-format.js';

interface Props {
  readonly applicationId: string;
  readonly span: SpanId;
}

/** How many attacks were refused or seen, a minute. */
export function AttackChart({ applicationId, span }: Props): ReactNode {
  const { t } = useTranslation();
  const format = useFormat();
  const window = useSpanWindow(span);
  const { from, to, bucketMinutes } = window;
  const rollups = useResource<RollupView>(
    '/event-rollups',
    { applicationId, from, to, bucketMinutes },
    { keepOld: true, refetchIntervalMs: 15_000 },
  );
  const chart = useMemo(() => {
    const { times, items } = fillGaps(rollups.data?.items ?? [], window.fromMs, window.toMs, window.bucketMs);
    // The bucket that is still filling would look like a drop.
    const whole = items.slice(0, -1);
    const perMinute = (read: (item: RollupView['items'][number]) => number) =>
      whole.map((item) => (item ? read(item) / window.bucketMinutes : 0));
    const total = (read: (item: RollupView['items'][number]) => number) => items.reduce((sum, item) => sum + (item ? read(item) : 0), 0);
    return {
      times: times.slice(0, -1),
      blocked: perMinute((item) => item.blocked),
      detected: perMinute((item) => item.detected),
      sums: { blocked: total((item) => item.blocked), detected: total((item) => item.detected), lost: total((item) => item.lost) },
    };
  }, [rollups.data, window]);
  const link = (action: 'blocked' | 'detected') => (
    <AnchorLink to="/events" search={(now) => ({ tenant: now.tenant, applicationId, action, from })} size="sm">
      {t(`application.attacks.${action}Count`, { count: chart.sums[action], shown: format.number(chart.sums[action]) })}
    </AnchorLink>
  );
  return (
    <Loaded query={rollups} what={t('application.attacks.unread')} lines={5}>
      {() => (
        <>
          <Text size="sm" mb="xs" component="div">
            {t('application.attacks.inSpan')} {link('blocked')} {' · '} {link('detected')}
            {chart.sums.lost > 0 && (
              <>
                {' · '}
                {t('application.attacks.lost', { count: chart.sums.lost, shown: format.number(chart.sums.lost) })}
              </>
            )}
          </Text>
          <TimeChart
            question={t('application.attacks.question')}
            times={chart.times}
            series={[
              { label: t('application.attacks.blocked'), tone: 'bad', values: chart.blocked },
              { label: t('application.attacks.detected'), tone: 'warn', values: chart.detected },
            ]}
            write={(value) => t('unit.perMinute', { value: format.figure(value) })}
            height={180}
          />
        </>
      )}
    </Loaded>
  );
}
