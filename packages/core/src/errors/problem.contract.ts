import { z } from 'zod';

/** RFC 9457, with our code, the request's id and, on 422, what is wrong with which field. */
export const Problem = z
  .strictObject({
    type: z.string().meta({ description: 'A stable URI reference for the code.' }),
    title: z.string(),
    status: z.int(),
    detail: z.string(),
    instance: z.string().meta({ description: 'The path that was asked.' }),
    code: z.string().meta({ description: 'From the closed table of codes; switch on this.' }),
    request_id: z.string().meta({ description: 'Name it when you report a problem.' }),
    errors: z
      .array(z.strictObject({ path: z.string(), message: z.string(), code: z.string() }))
      .optional()
      .meta({ description: 'On 422: one entry per bad field.' }),
  })
  .meta({ id: 'Problem' });
export type Problem = z.infer<typeof Problem>;
