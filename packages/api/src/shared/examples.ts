/** Of the things that the examples of the document speak of: the same ones in every operation. */
export const exampleIds = {
  ann: '01997d3e-8a50-7cc0-b3a1-5f0d6a4c2e11',
  bob: '01997d3e-9c14-7f52-8d0e-2b6f3a917c40',
  team: '01997d41-0b7c-7a35-9f28-6c1d84e0b553',
  task: '01997d42-6e98-7d10-a4c7-0e95b3f2d864',
  comment: '01997d45-31f2-7b8e-8a6d-f47c20d91b35',
  attachment: '01997d46-d205-7e61-b90f-83a5c7e14d26',
  notification: '01997d42-7013-7c94-9e5b-1d38f6a0c7e9',
  session: '01997d3e-8b11-7d27-9a4f-5c0e62b8f193',
  activity: '01997d42-6ea1-7340-8b2c-95f0e7d3416a',
} as const;

/** When the example was made, and last changed. */
export const exampleTimes = {
  created_at: '2026-11-22T09:30:00.000Z',
  updated_at: '2026-11-22T14:05:12.483Z',
} as const;

/** A list that holds one example. */
export const examplePage = <Item>(item: Item) => ({
  items: [item],
  total: 1,
  total_is_exact: true,
  page: 1,
  size: 20,
  pages: 1,
});

export const examplePaging = { page: 1, size: 20 } as const;
