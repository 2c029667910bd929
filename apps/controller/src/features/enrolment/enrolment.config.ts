import { z } from 'zod';
import { defineConfig } from '../../platform/config/config-slice.js';

const list = z.string().transform((text) =>
  text
    .split(',')
    .map((item) => item.trim())
    .filter((item) => item !== ''),
);
const perMinute = (fallback: number) => z.coerce.number().int().min(1).max(1_000_000).default(fallback);

/** The HTTPS endpoint at which boxes enrol and renew. */
export const enrolmentConfig = defineConfig('enrolment', {
  PHALANX_ENROL_BIND: z.string().default('127.0.0.1').describe('Address that the enrolment endpoint listens on.'),
  PHALANX_ENROL_PORT: z.coerce
    .number()
    .int()
    .min(0)
    .max(65535)
    .default(0)
    .describe('TCP port of the enrolment endpoint; 0 takes a free one at the first `prepare` and keeps it.'),
  PHALANX_ENROL_HOSTS: list
    .default(['127.0.0.1', 'localhost'])
    .describe('Host names and addresses in the endpoint’s certificate, comma separated; the first one is told to boxes.'),
  PHALANX_ENROL_URLS: list
    .optional()
    .describe(
      'Addresses of the endpoint that boxes are told (`https://host:port`), comma separated; made from PHALANX_ENROL_HOSTS when absent.',
    ),
  PHALANX_ENROL_REQUESTS_PER_MINUTE: perMinute(600).describe('Requests a minute that one source (IPv6: one /64) may make there.'),
  PHALANX_ENROL_REFUSALS_PER_MINUTE: perMinute(60).describe('Refused requests a minute after which a source has to wait.'),
  PHALANX_RENEW_GRACE_DAYS: z.coerce
    .number()
    .int()
    .min(0)
    .max(3650)
    .default(30)
    .describe('Days after expiry in which a box that was switched off may still renew with the same key.'),
});
