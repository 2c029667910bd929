import type { Heartbeat } from '@phalanx/contracts';
import { readBatch } from '../features/events/event-batch.js';
import { EventIngest } from '../features/events/event-ingest.service.js';
import { HealthService } from '../features/health/health.service.js';
import type { TestController } from './start-controller.js';

interface Speaker {
  readonly tenantId: string;
  readonly applianceId: string;
  readonly receivedAt: Date;
}

/** Has a controller without a broker take a heartbeat. */
export async function takeHeartbeat({ app }: TestController, box: Speaker, heartbeat: Heartbeat): Promise<void> {
  await app.get(HealthService, { strict: false }).takeHeartbeat(box, heartbeat);
}

/** The same with a batch of events. */
export async function takeBatch({ app }: TestController, box: Speaker & { readonly stream: string }, batch: string): Promise<void> {
  await app.get(EventIngest, { strict: false }).take(box, readBatch(Buffer.from(batch)));
}
