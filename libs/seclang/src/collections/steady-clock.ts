const BOOT_OFFSET_MS = Number(process.hrtime.bigint()) / 1e6 - performance.now();

/** Milliseconds since the machine's boot: the same for all its processes, and untouched by changes of the wall clock. */
export function steadyNowMs(): number {
  return performance.now() + BOOT_OFFSET_MS;
}
