import type { Operator } from './operator.js';

/** The value is an address whose country is known. There is no database on the appliance yet, so nothing is ever found. */
export const geoLookup: Operator = {
  name: 'geolookup',
  argument: 'optional',
  compile: () => ({ test: () => false }),
  note: '@geoLookup never matches: no GeoIP database is configured',
};
