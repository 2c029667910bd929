import { z } from 'zod';
import { defineConfig } from '../../platform/config/config-slice.js';

/** What sign-in reads from the environment. */
export const accessConfig = defineConfig('access', {
  PHALANX_SESSION_IDLE_MINUTES: z.coerce
    .number()
    .int()
    .min(1)
    .max(10_080)
    .default(480)
    .describe('Minutes without a request after which a session ends.'),
  PHALANX_SESSION_MINUTES: z.coerce
    .number()
    .int()
    .min(1)
    .max(10_080)
    .default(1440)
    .describe('Minutes after sign-in at which a session ends in any case.'),
  PHALANX_LOGIN_WINDOW_MINUTES: z.coerce
    .number()
    .int()
    .min(1)
    .max(1440)
    .default(15)
    .describe('Minutes over which failed sign-ins are counted, and for which a throttled account or source waits at most.'),
  PHALANX_LOGIN_FAILURES_PER_ACCOUNT: z.coerce
    .number()
    .int()
    .min(1)
    .max(1000)
    .default(10)
    .describe('Failed sign-ins of one user name, from anywhere, before it is throttled.'),
  PHALANX_LOGIN_FAILURES_PER_SOURCE: z.coerce
    .number()
    .int()
    .min(1)
    .max(100_000)
    .default(100)
    .describe('Failed sign-ins from one address (IPv6: one /64) before it is throttled.'),
  PHALANX_ADMIN_USERNAME: z.string().default('admin').describe('Name of the first operator, which `prepare` makes when there is none.'),
  PHALANX_ADMIN_PASSWORD: z
    .string()
    .min(12)
    .max(200)
    .optional()
    .describe('Password of the first operator, 12 characters or more; used only while there is no operator.'),
});
