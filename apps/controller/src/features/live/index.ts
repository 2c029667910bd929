/**
 * Live: `GET /api/v1/live`, server-sent events for open screens. Owns no table. Fed by `LiveBus`; nobody calls it.
 *
 * - A caller hears of a tenant's things only while it may read them: rights are asked for again every few seconds, events are read
 *   under the caller's own scope, and the end of the session ends the stream.
 * - Lossy and bounded by design: a slow reader is told how many messages it missed. `Last-Event-ID` promises nothing.
 */
import { Module } from '@nestjs/common';
import type { ControllerFeature } from '../../platform/feature.js';
import { EventsModule } from '../events/index.js';
import { LiveController } from './live.controller.js';

@Module({ imports: [EventsModule], controllers: [LiveController] })
class LiveModule {}

export const liveFeature: ControllerFeature = { name: 'live', module: LiveModule };
