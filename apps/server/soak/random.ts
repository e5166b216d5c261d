export const below = (limit: number): number => Math.floor(Math.random() * limit);

export function pick<Item>(items: readonly Item[]): Item {
  const item = items[below(items.length)];
  if (item === undefined) throw new Error('nothing to pick from');
  return item;
}
