import type { OperationInfo, RawRoute, Route } from './operation.ts';
import { methodsWithBody, refuseBody, refuseQuery } from './refusal.ts';
import { normalTemplate, parameterNames, parseTemplate } from './path-template.ts';

/** What the operation is called; shared with the document. */
export function rawOperation({ id, method, path }: RawRoute): OperationInfo {
  return { kind: 'route', id, method, path: normalTemplate(path) };
}

/** @throws Error when its path is not a template. */
export function compileRawRoute(route: RawRoute): Route {
  const names = parameterNames(parseTemplate(route.path));
  return {
    info: rawOperation(route),
    async run({ req, res, signal, query, values }) {
      refuseQuery(query);
      if (!methodsWithBody.has(route.method)) refuseBody(req);
      const params = Object.fromEntries(names.map((name, at) => [name, values[at] ?? '']));
      await route.handle({ req, res, signal, params });
    },
  };
}
