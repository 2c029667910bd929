/** Which addresses move with the master of a pair. Implemented by the feature that keeps pairs; without one, no address moves. */
export abstract class VirtualAddressDirectory {
  /** Addresses without their prefix, by cluster, of those that are pairs. In the current transaction. */
  abstract ofClusters(clusterIds: readonly string[]): Promise<ReadonlyMap<string, readonly string[]>>;
}
