/** Whose repository or blob: a tenant's id, or null for the provider's. */
export type RepositoryOwner = string | null;

/** SQL condition for rows of the owner in parameter $n. Unlike `is not distinct from`, it can use an index. */
export function ownedBy(parameter: string, column = 'tenant_id'): string {
  return `(${column} = ${parameter}::uuid or (${parameter}::uuid is null and ${column} is null))`;
}
