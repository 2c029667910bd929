import { z } from 'zod';
import { defineConfig } from '../../platform/config/config-slice.js';

export const healthConfig = defineConfig('health', {
  HEALTH_KEEP_DAYS: z.coerce.number().int().min(2).max(700).default(35).describe('Days that health figures per minute are kept.'),
});
