import { afterAll, beforeAll } from 'vitest';
import type { TestWorld, TestWorldOptions } from './test-world.ts';
import { createTestWorld } from './test-world.ts';

/** One world for a test file. Its members are there from the first hook or test on. */
export function useTestWorld(options: TestWorldOptions = {}): () => TestWorld {
  let world: TestWorld | undefined;
  beforeAll(async () => {
    world = await createTestWorld(options);
  });
  afterAll(async () => world?.[Symbol.asyncDispose]());
  return () => {
    if (!world) throw new Error('the world is made in beforeAll');
    return world;
  };
}
