export { createTestDatabase } from './database.ts';
export type { TestDatabase, TestDatabaseOptions } from './database.ts';
export { listen } from './listen.ts';
export { takeNoise } from './noise.ts';
export { hasRedis, startTestRedis, withRedis } from './redis.ts';
export type { TestRedis } from './redis.ts';
export { secretKey } from './secret-key.ts';
export { until } from './until.ts';
