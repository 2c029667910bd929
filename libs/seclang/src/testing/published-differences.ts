/** Published cases that are not followed, by file, each with its reason. */
export const KNOWN_DIFFERENCES: ReadonlyMap<string, string> = new Map([
  ['validateSchema', 'not an operator of the compatibility list; packs that use it are refused by name'],
]);
