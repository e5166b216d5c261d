import { z } from 'zod';

export const pageLimits = { size: { default: 20, max: 100 }, page: { max: 1_000_000 }, exactTotal: 10_000 } as const;

/** The query of every list. */
export const PageQuery = z.strictObject({
  // Beyond what is exact in JavaScript it is too big already: one entry, not two.
  page: z.int({ abort: true }).min(1).max(pageLimits.page.max).default(1).meta({ description: 'From 1 on.' }),
  size: z
    .int({ abort: true })
    .min(1)
    .max(pageLimits.size.max)
    .default(pageLimits.size.default)
    .meta({ description: 'Items on a page.' }),
});
export type PageQuery = z.infer<typeof PageQuery>;

/** Of a list that needs to be told nothing: over typed RPC the input may be left out, as the query over REST. */
export const ListInput = PageQuery.prefault({});

/** The answer of every list. `id` names the component in the OpenAPI document, such as `TaskPage`. */
export function pageOf<Item extends z.ZodType>(item: Item, id: string) {
  return z
    .strictObject({
      items: z.array(item),
      total: z
        .int()
        .min(0)
        .meta({ description: `Exact up to ${pageLimits.exactTotal}; beyond that a lower bound.` }),
      total_is_exact: z.boolean().meta({ description: 'False where `total` is a lower bound.' }),
      page: z.int(),
      size: z.int(),
      pages: z.int().meta({ description: 'Follows from `total` and `size`.' }),
    })
    .meta({ id });
}

export interface Page<Item> {
  items: Item[];
  total: number;
  total_is_exact: boolean;
  page: number;
  size: number;
  pages: number;
}
