import type { Segment } from './path-template.ts';

interface Node<Route> {
  readonly literals: Map<string, Node<Route>>;
  parameter: Node<Route> | undefined;
  readonly routes: Map<string, Route>;
}

/** What a request has found. */
export interface Match<Route> {
  readonly route: Route;
  /** The values of the path's parameters, from left to right. */
  readonly values: readonly string[];
}

/**
 * Routes by method and path, one node per segment. A literal goes before a parameter; where that way has no route for the
 * method, the next one is tried: `DELETE /users/me` finds `DELETE /users/{user_id}` although `GET /users/me` exists.
 */
export class PathTrie<Route> {
  readonly #root: Node<Route> = createNode();

  /** @throws Error when there is a route for this method and path already, whatever its parameters are called. */
  add(method: string, segments: readonly Segment[], route: Route): void {
    const node = segments.reduce(step, this.#root);
    if (node.routes.has(method)) throw new Error(`Two routes answer ${method} ${describe(segments)}`);
    node.routes.set(method, route);
  }

  /** The route for this method and these (decoded) segments. */
  find(method: string, segments: readonly string[]): Match<Route> | undefined {
    const values: string[] = [];
    const route = search(this.#root, method, segments, 0, values);
    return route === undefined ? undefined : { route, values };
  }

  /** Every method that some route takes at this path, sorted; empty where the path is not known. */
  methodsAt(segments: readonly string[]): readonly string[] {
    const methods = new Set<string>();
    collect(this.#root, segments, 0, methods);
    return [...methods].toSorted();
  }
}

function createNode<Route>(): Node<Route> {
  return { literals: new Map(), parameter: undefined, routes: new Map() };
}

function step<Route>(node: Node<Route>, segment: Segment): Node<Route> {
  if ('parameter' in segment) return (node.parameter ??= createNode());
  const known = node.literals.get(segment.literal);
  if (known) return known;
  const next = createNode<Route>();
  node.literals.set(segment.literal, next);
  return next;
}

function search<Route>(
  node: Node<Route>,
  method: string,
  segments: readonly string[],
  index: number,
  values: string[],
): Route | undefined {
  const segment = segments[index];
  if (segment === undefined) return node.routes.get(method);
  const literal = node.literals.get(segment);
  if (literal) {
    const found = search(literal, method, segments, index + 1, values);
    if (found !== undefined) return found;
  }
  // An empty segment is no value: `/tasks//comments` is not the comments of a task without a name.
  if (node.parameter === undefined || segment === '') return undefined;
  values.push(segment);
  const found = search(node.parameter, method, segments, index + 1, values);
  if (found === undefined) values.pop();
  return found;
}

function collect<Route>(node: Node<Route>, segments: readonly string[], index: number, methods: Set<string>): void {
  const segment = segments[index];
  if (segment === undefined) {
    for (const method of node.routes.keys()) methods.add(method);
    return;
  }
  const literal = node.literals.get(segment);
  if (literal) collect(literal, segments, index + 1, methods);
  if (node.parameter && segment !== '') collect(node.parameter, segments, index + 1, methods);
}

function describe(segments: readonly Segment[]): string {
  return `/${segments.map((segment) => ('parameter' in segment ? '{}' : segment.literal)).join('/')}`;
}
