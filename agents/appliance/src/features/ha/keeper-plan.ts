import { applianceHaSchema } from '@phalanx/contracts';
import { z } from 'zod';

/** `ha/plan.json`: what the agent wants of the keeper. Each `applyId` is worked on once. */
export const keeperPlanSchema = z.strictObject({ version: z.literal(1), applyId: z.uuid(), ha: applianceHaSchema });
export type KeeperPlan = z.infer<typeof keeperPlanSchema>;

/** `ha/keeper.json`: who the keeper is, and what came of the last plan. */
export const keeperReportSchema = z.strictObject({
  pid: z.int(),
  startTicks: z.int(),
  bootId: z.string(),
  agentVersion: z.string(),
  applyId: z.uuid().nullable(),
  /** Null: it is done. */
  failure: z.string().nullable(),
});
export type KeeperReport = z.infer<typeof keeperReportSchema>;

/** What a file holds, or null where it is not there or of another shape. */
export function parseFile<T>(schema: z.ZodType<T>, bytes: Buffer | null): T | null {
  if (!bytes) return null;
  try {
    return schema.parse(JSON.parse(bytes.toString('utf8')));
  } catch {
    // Torn or of another version: as if it were not there.
    return null;
  }
}
