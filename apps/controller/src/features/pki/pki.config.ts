import { z } from 'zod';
import { defineConfig } from '../../platform/config/config-slice.js';

/** Lives of what the private authority signs. */
export const pkiConfig = defineConfig('pki', {
  PHALANX_BOX_CERTIFICATE_MINUTES: z.coerce
    .number()
    .int()
    .min(1)
    .max(1_051_200)
    .default(129_600)
    .describe('Minutes for which a box’s certificate holds (90 days); it renews itself after two thirds of them.'),
  PHALANX_SERVER_CERTIFICATE_DAYS: z.coerce
    .number()
    .int()
    .min(2)
    .max(3650)
    .default(397)
    .describe('Days for which the certificates of broker, enrolment endpoint and controller hold; renewed after two thirds of them.'),
  PHALANX_CRL_HOURS: z.coerce
    .number()
    .int()
    .min(2)
    .max(2160)
    .default(168)
    .describe('Hours for which a revocation list holds; a new one is installed after a quarter of them.'),
});
