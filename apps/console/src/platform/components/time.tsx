import type { ReactNode } from 'react';
import { useFormat } from '../format/use-format.js';
import { useNow } from '../format/use-now.js';

interface Props {
  readonly at: string;
}

/** A time as how long ago; the exact one with its zone on hover. */
export function RelativeTime({ at }: Props): ReactNode {
  const format = useFormat();
  const now = useNow();
  return (
    <time dateTime={at} title={format.exact(at)}>
      {format.relative(at, now)}
    </time>
  );
}

/** A time of day to the second, for lists in which order matters; date and zone on hover. */
export function ClockTime({ at }: Props): ReactNode {
  const format = useFormat();
  const isToday = format.day(at) === format.day(Date.now());
  return (
    <time dateTime={at} title={format.exact(at)}>
      {isToday ? format.clock(at) : `${format.day(at)} ${format.clock(at)}`}
    </time>
  );
}

/** A time in full, with its zone. */
export function ExactTime({ at }: Props): ReactNode {
  return <time dateTime={at}>{useFormat().exact(at)}</time>;
}
