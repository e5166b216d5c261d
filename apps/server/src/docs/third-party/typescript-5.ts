import { registerHooks } from 'node:module';

// To be loaded before openapi-typescript: it is written against the compiler's JavaScript API, which TypeScript 7 has not.
const url = import.meta.resolve('typescript-5');
registerHooks({
  resolve: (specifier, context, next) =>
    specifier === 'typescript' ? { url, shortCircuit: true } : next(specifier, context),
});
