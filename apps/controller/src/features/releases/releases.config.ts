import { z } from 'zod';
import { defineConfig } from '../../platform/config/config-slice.js';

const days = (fallback: number) => z.coerce.number().int().min(1).max(3650).default(fallback);

/** Life of signed metadata. All of it is renewed when half of its life has passed. */
export const releasesConfig = defineConfig('releases', {
  PHALANX_TUF_ROOT_DAYS: days(365).describe('Days for which a TUF root holds.'),
  PHALANX_TUF_TARGETS_DAYS: days(90).describe('Days for which signed lists of targets and snapshots hold.'),
  PHALANX_TUF_TIMESTAMP_DAYS: days(7).describe(
    'Days for which a TUF timestamp holds: how long a frozen repository can go unnoticed by a box.',
  ),
});
