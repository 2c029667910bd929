import { Group, Text, useComputedColorScheme } from '@mantine/core';
import { type ReactNode, useEffect, useId, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import uPlot from 'uplot';
import 'uplot/dist/uPlot.min.css';
import { useFormat } from '../format/use-format.js';
import { chartOptions, readColors } from './chart-options.js';
import type { Tone } from './status.js';
import classes from './time-chart.module.css';

interface ChartSeries {
  readonly label: string;
  readonly tone: Tone | 'accent';
  /** One value a time; null where there is none. */
  readonly values: readonly (number | null)[];
}

interface Props {
  /** The question that the chart answers. */
  readonly question: string;
  /** Instants in milliseconds, rising. */
  readonly times: readonly number[];
  readonly series: readonly ChartSeries[];
  readonly write: (value: number) => string;
  /** Whether the vertical axis ends at this value. */
  readonly top?: number;
  readonly height?: number;
}

/** Lines over time. The legend gives each line's value where the pointer is, else its last. */
export function TimeChart({ question, times, series, write, top, height = 150 }: Props): ReactNode {
  const { t } = useTranslation();
  const format = useFormat();
  const scheme = useComputedColorScheme('light');
  const box = useRef<HTMLDivElement>(null);
  const plot = useRef<uPlot | null>(null);
  const [at, setAt] = useState<number | null>(null);
  const titleId = useId();
  const shape = series.map(({ label, tone }) => `${label}|${tone}`).join('\n');

  useEffect(() => {
    const target = box.current;
    if (!target) return;
    const options = chartOptions({
      colors: readColors(getComputedStyle(document.documentElement)),
      tones: series.map(({ tone }) => tone),
      width: target.clientWidth,
      height,
      top,
      write,
      clock: (seconds) => format.clock(seconds * 1000).slice(0, 5),
      onCursor: setAt,
    });
    const made = new uPlot(options, alignedData(times, series), target);
    plot.current = made;
    const watcher = new ResizeObserver(() => made.setSize({ width: target.clientWidth, height }));
    watcher.observe(target);
    return () => {
      watcher.disconnect();
      made.destroy();
      plot.current = null;
    };
    // The plot is made anew when its looks change; its data follow below.
  }, [scheme, shape, height, top, format]);

  useEffect(() => {
    plot.current?.setData(alignedData(times, series));
  }, [times, series]);

  const shownAt = at ?? lastWithValue(series);
  return (
    <figure className={classes['figure']} aria-labelledby={titleId}>
      <Group justify="space-between" gap="xs" wrap="wrap" align="baseline">
        <Text id={titleId} component="figcaption" size="sm" fw={600}>
          {question}
        </Text>
        <Group gap="md" component="ul" className={classes['legend']}>
          {series.map((line) => {
            const value = shownAt === null ? null : (line.values[shownAt] ?? null);
            return (
              <li key={line.label}>
                <span
                  className={classes['swatch']}
                  style={{ background: line.tone === 'accent' ? 'var(--accent)' : `var(--state-${line.tone})` }}
                />
                {line.label} <strong>{value === null ? t('state.none') : write(value)}</strong>
              </li>
            );
          })}
        </Group>
      </Group>
      <div ref={box} aria-hidden style={{ height }} />
      <Text size="xs" c="dimmed" aria-live="off">
        {at === null || times[at] === undefined ? t('chart.last') : format.exact(times[at])}
      </Text>
    </figure>
  );
}

function alignedData(times: readonly number[], series: readonly ChartSeries[]): uPlot.AlignedData {
  return [times.map((time) => time / 1000), ...series.map(({ values }) => [...values])];
}

function lastWithValue(series: readonly ChartSeries[]): number | null {
  const length = series[0]?.values.length ?? 0;
  for (let index = length - 1; index >= 0; index--) if (series.some(({ values }) => values[index] !== null)) return index;
  return null;
}
