import type { EventView } from '@phalanx/contracts';
import type { TFunction } from 'i18next';

/** A `network` event in one line: threat, source and where it went. */
export function networkLine(event: Extract<EventView, { kind: 'network' }>, t: TFunction): string {
  const port = event.port === null ? '' : `:${event.port}`;
  const target = event.destination === null ? '' : ` → ${event.destination}${port}`;
  return `${t(`event.threat.${event.threat}`)} · ${event.source}${target} · ${event.protocol}`;
}

/** An `ha` event in one line: from which state to which, and why. */
export function haLine(event: Extract<EventView, { kind: 'ha' }>, t: TFunction): string {
  return `${t(`event.haState.${event.from}`)} → ${t(`event.haState.${event.to}`)} · ${t(`event.haCause.${event.cause}`)}`;
}
