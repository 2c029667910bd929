/**
 * Environment for a Node program whose wall clock (`Date`) is off by so many milliseconds, in its workers and children too. The kernel's
 * clock stays: file times, TLS and timers know nothing of it.
 */
export function shiftedClock(offsetMs: number): NodeJS.ProcessEnv {
  const code = `const Real = Date, now = () => Real.now() + ${Math.round(offsetMs)};
globalThis.Date = new Proxy(Real, {
  construct: (target, args, wanted) => Reflect.construct(target, args.length === 0 ? [now()] : args, wanted),
  apply: () => new Real(now()).toString(),
  get: (target, name) => (name === 'now' ? now : target[name]),
});`;
  return { NODE_OPTIONS: `--import=data:text/javascript,${encodeURIComponent(code)}` };
}
