import { volatileCollection, type Variable } from './variable.js';

/** What `@geoLookup` found. Without a database there is nothing to find. */
export const geoVariable: Variable = volatileCollection('GEO', () => []);
