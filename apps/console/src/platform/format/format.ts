export type Language = 'ko' | 'en';

/** BCP 47 tags by which dates and numbers are written. */
const LOCALES: Readonly<Record<Language, string>> = { ko: 'ko-KR', en: 'en-GB' };
const STEPS: readonly (readonly [Intl.RelativeTimeFormatUnit, number])[] = [
  ['day', 86_400],
  ['hour', 3_600],
  ['minute', 60],
  ['second', 1],
];
const BYTE_UNITS = ['byte', 'kilobyte', 'megabyte', 'gigabyte', 'terabyte'] as const;

/** The zone that times are shown in: the viewer's. */
export function viewerTimeZone(): string {
  return Intl.DateTimeFormat().resolvedOptions().timeZone;
}

/** Writes numbers and times for one language. Times stand in `timeZone`; every exact one says so. */
export class Format {
  readonly #locale: string;
  readonly #offset: Intl.DateTimeFormat;
  readonly #clock: Intl.DateTimeFormat;
  readonly #day: Intl.DateTimeFormat;
  readonly #relative: Intl.RelativeTimeFormat;
  readonly #number: Intl.NumberFormat;

  constructor(
    language: Language,
    readonly timeZone: string = viewerTimeZone(),
  ) {
    const locale = LOCALES[language];
    this.#locale = locale;
    const date = { year: 'numeric', month: 'short', day: 'numeric' } as const;
    const time = { hour: '2-digit', minute: '2-digit', second: '2-digit', hourCycle: 'h23' } as const;
    this.#offset = new Intl.DateTimeFormat('en', { timeZone, timeZoneName: 'shortOffset' });
    this.#clock = new Intl.DateTimeFormat(locale, { ...time, timeZone });
    this.#day = new Intl.DateTimeFormat(locale, { ...date, timeZone });
    this.#relative = new Intl.RelativeTimeFormat(locale, { numeric: 'auto', style: 'long' });
    this.#number = new Intl.NumberFormat(locale, { maximumFractionDigits: 1 });
  }

  /** At most one decimal. */
  number(value: number): string {
    return this.#number.format(value);
  }

  /** A figure with at most three digits that matter and two decimals, for rates and times. */
  figure(value: number): string {
    const digits = { maximumSignificantDigits: 3, maximumFractionDigits: 2, roundingPriority: 'lessPrecision' } as const;
    return new Intl.NumberFormat(this.#locale, value >= 100 ? { maximumFractionDigits: 0 } : digits).format(value);
  }

  /** A share between 0 and 1. */
  percent(share: number): string {
    return new Intl.NumberFormat(this.#locale, { style: 'percent', maximumFractionDigits: 1 }).format(share);
  }

  /** Decimal units, for example `13.1 MB`. */
  bytes(count: number): string {
    const power = count < 1 ? 0 : Math.min(BYTE_UNITS.length - 1, Math.floor(Math.log10(count) / 3));
    return new Intl.NumberFormat(this.#locale, {
      style: 'unit',
      unit: BYTE_UNITS[power]!,
      unitDisplay: power === 0 ? 'long' : 'short',
      maximumFractionDigits: 1,
    }).format(count / 1000 ** power);
  }

  /** A short span: milliseconds, from a second on seconds. */
  milliseconds(value: number): string {
    const isLong = Math.abs(value) >= 1000;
    return new Intl.NumberFormat(this.#locale, {
      style: 'unit',
      unit: isLong ? 'second' : 'millisecond',
      unitDisplay: 'narrow',
      maximumSignificantDigits: isLong && Math.abs(value) >= 1_000_000 ? 21 : 3,
    }).format(isLong ? value / 1000 : value);
  }

  /** A span in its largest whole unit, for example `3 hr`. */
  duration(seconds: number): string {
    const [unit, size] = STEPS.find(([, length]) => seconds >= length) ?? STEPS[STEPS.length - 1]!;
    return new Intl.NumberFormat(this.#locale, { style: 'unit', unit, unitDisplay: 'long', maximumFractionDigits: 0 }).format(
      Math.floor(seconds / size),
    );
  }

  /** `5 seconds ago`, `in 3 days`. */
  relative(at: string | number, nowMs: number): string {
    const seconds = Math.round(((typeof at === 'number' ? at : Date.parse(at)) - nowMs) / 1000);
    const [unit, size] = STEPS.find(([, length]) => Math.abs(seconds) >= length) ?? STEPS[STEPS.length - 1]!;
    return this.#relative.format(Math.trunc(seconds / size), unit);
  }

  /** Date, time to the second, offset and zone. */
  exact(at: string | number): string {
    const parts = this.#offset.formatToParts(new Date(at));
    const offset = parts.find(({ type }) => type === 'timeZoneName')?.value ?? 'UTC';
    return `${this.day(at)} ${this.clock(at)} ${offset} (${this.timeZone})`;
  }

  /** Time of day alone. */
  clock(at: string | number): string {
    return this.#clock.format(new Date(at));
  }

  /** Date alone. */
  day(at: string | number): string {
    return this.#day.format(new Date(at));
  }
}
