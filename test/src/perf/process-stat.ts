/** What is read of `/proc/<pid>/stat`; times in clock ticks. */
export interface ProcessStat {
  readonly parent: number;
  readonly userTicks: number;
  readonly systemTicks: number;
  /** Of children that have ended and were waited for. */
  readonly endedChildrenTicks: number;
}

/** Reads a line of `/proc/<pid>/stat`. The command's name may hold spaces and brackets; the fields begin behind its last bracket. */
export function parseProcessStat(text: string): ProcessStat {
  const fields = text.slice(text.lastIndexOf(')') + 2).split(' ');
  const field = (number: number): number => Number(fields[number - 3]);
  return { parent: field(4), userTicks: field(14), systemTicks: field(15), endedChildrenTicks: field(16) + field(17) };
}
