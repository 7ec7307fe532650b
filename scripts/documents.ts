// Writes the documents made of the configuration schema: npm run schema.
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { configJsonSchema, configurationPage, experimentJsonSchema } from "./schema.ts";

const root = join(import.meta.dirname, "../..");
writeFileSync(join(root, "configs/schema.json"), configJsonSchema());
writeFileSync(join(root, "configs/experiment.schema.json"), experimentJsonSchema());
writeFileSync(join(root, "docs/configuration.md"), configurationPage());
