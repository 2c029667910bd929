/**
 * Content: gives boxes the chunks, manifests and signed metadata that they ask for over MQTT.
 *
 * Owns the messages `up/content` and `down/content`; no table.
 *
 * - A chunk or manifest goes only to a box whose desired (or sent) state names its blob; metadata only from the provider's and the box's own
 *   tenant's repository. Anything else is answered exactly as what does not exist.
 * - Memory is bounded: a cache of bytes, and a number of requests worked on at once; beyond it the answer is `busy`.
 *
 * Nobody calls it.
 */
import { Module } from '@nestjs/common';
import type { ControllerFeature } from '../../platform/feature.js';
import { DesiredStateModule } from '../desired-state/index.js';
import { ReleasesModule } from '../releases/index.js';
import { contentConfig } from './content.config.js';
import { ContentMessages } from './content.mqtt.js';
import { ContentService } from './content.service.js';

@Module({ imports: [ReleasesModule, DesiredStateModule], providers: [ContentService, ContentMessages] })
class ContentModule {}

export const contentFeature: ControllerFeature = { name: 'content', module: ContentModule, config: [contentConfig] };
