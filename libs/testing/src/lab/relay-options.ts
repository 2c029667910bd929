/** A TCP address and port, or the path of a Unix socket, which all namespaces of a machine share. */
export type RelayPlace = { readonly address: string; readonly port: number } | { readonly path: string };

export interface RelayOptions {
  readonly listen: RelayPlace;
  readonly target: RelayPlace;
  /** Each byte arrives later by so much, both ways; none unless given. */
  readonly delayMs?: number;
}
