import type { EventView } from '@phalanx/contracts';
import type { StoredEvent } from './event-list.repository.js';

/** A stored event as the API shows it. */
export function toEventView({ id, tenantId, applianceId, occurredAt, receivedAt, count, body }: StoredEvent): EventView {
  const stored = { id, tenantId, applianceId, occurredAt: occurredAt.toISOString(), receivedAt: receivedAt.toISOString() };
  return 'count' in body ? { ...body, count: Number(count), ...stored } : { ...body, ...stored };
}
