import type uPlot from 'uplot';
import type { Tone } from './status.js';

type LineTone = Tone | 'accent';

/** Colours as the page's scheme has them now; a canvas can't read variables by itself. */
export interface ChartColors {
  readonly tones: Readonly<Record<LineTone, string>>;
  readonly axis: string;
  readonly grid: string;
  readonly font: string;
}

export function readColors(style: CSSStyleDeclaration): ChartColors {
  const read = (name: string) => style.getPropertyValue(name).trim();
  return {
    tones: {
      good: read('--state-good'),
      warn: read('--state-warn'),
      bad: read('--state-bad'),
      none: read('--state-none'),
      busy: read('--state-busy'),
      accent: read('--accent'),
    },
    axis: read('--mantine-color-dimmed'),
    grid: read('--line'),
    font: `11px ${read('--mantine-font-family')}`,
  };
}

interface Look {
  readonly colors: ChartColors;
  readonly tones: readonly LineTone[];
  readonly width: number;
  readonly height: number;
  readonly top: number | undefined;
  readonly write: (value: number) => string;
  /** Time of day of an instant in seconds. */
  readonly clock: (seconds: number) => string;
  readonly onCursor: (index: number | null) => void;
}

/** How every chart of the console looks: thin lines from zero, few grid lines, gaps where there was nothing. */
export function chartOptions({ colors, tones, width, height, top, write, clock, onCursor }: Look): uPlot.Options {
  const axis = { stroke: colors.axis, font: colors.font, grid: { stroke: colors.grid, width: 1 }, ticks: { show: false } };
  return {
    width,
    height,
    legend: { show: false },
    padding: [8, 22, 0, 0],
    cursor: { y: false, points: { size: 6 } },
    scales: { x: { time: true }, y: { range: (_, __, max) => [0, top ?? (max > 0 ? max * 1.15 : 1)] } },
    axes: [
      { ...axis, grid: { show: false }, values: (_, splits) => splits.map(clock), space: 70, size: 28 },
      { ...axis, values: (_, splits) => splits.map(write), size: 64, space: 34 },
    ],
    series: [
      {},
      ...tones.map((tone) => ({
        stroke: colors.tones[tone],
        width: 1.5,
        fill: `color-mix(in srgb, ${colors.tones[tone]} 8%, transparent)`,
        points: { show: false },
        spanGaps: false,
      })),
    ],
    hooks: { setCursor: [(plot) => onCursor(plot.cursor.idx ?? null)] },
  };
}
