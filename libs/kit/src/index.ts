export { AppError, messageOf, type AppErrorOptions, type ErrorKind } from './app-error.js';
export { canonicalJson, digestOf, sha256Hex } from './canonical-json.js';
export { detached } from './detached.js';
export { nodeDisk, type Disk } from './durable-file.js';
export { lineLogger } from './line-logger.js';
export { loopBatch, type Batched } from './loop-batch.js';
export { fromPino, silentLogger, type Logger, type LogFields } from './logger.js';
export { boxNameOf, separate, type ProcessClass, type Separation } from './process-class.js';
export { backoffMs, sleep, withDeadline, type BackoffOptions } from './time.js';
