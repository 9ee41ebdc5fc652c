/** Where a workbook keeps its first sheet, its texts and its formats, and which day its dates count from. */
import { walkXml } from "./walk-xml.ts";
import type { WorkbookParts } from "./workbook-parts.ts";
import { XlsxFault } from "./xlsx-fault.ts";

export type Workbook = {
  readonly sheet: string;
  readonly sheetName: string;
  /** Sheets that are shown beside it, in their order. */
  readonly others: readonly { readonly name: string; readonly sheet: string }[];
  readonly sharedStrings: string | null;
  readonly styles: string | null;
  /** Dates count from 1904, as those of old Macs do. */
  readonly from1904: boolean;
};

/** As many as a workbook may have parts. */
const MOST_RELATIONS = 10_000;
const MOST_SHOWN = 100;

type Relation = { readonly type: string; readonly target: string };

export async function readWorkbook(parts: WorkbookParts): Promise<Workbook> {
  const package_ = await readRelations(parts, "_rels/.rels", "");
  const main = [...package_.values()].find(({ type }) => type === "officeDocument");
  if (!main || !parts.has(main.target)) throw new XlsxFault("it has no workbook in it; save it as .xlsx");
  if (main.target.endsWith(".bin")) throw new XlsxFault("it is a binary workbook (.xlsb); save it as .xlsx");
  const folder = main.target.slice(0, main.target.lastIndexOf("/") + 1);
  const file = main.target.slice(folder.length);
  const relations = await readRelations(parts, `${folder}_rels/${file}.rels`, folder);

  const sheets: { readonly name: string; readonly relation: string; readonly isHidden: boolean }[] = [];
  let from1904 = false;
  for await (const _ of walkXml(
    parts.open(main.target),
    {
      open(name, attribute) {
        if (name === "workbookPr") from1904 = isTrue(attribute("date1904"));
        // The prefix of relationships is `r` in every file that we know of, but it is the file's own.
        if (name === "sheet") {
          if (sheets.length === MOST_RELATIONS) throw new XlsxFault(`it has more than ${MOST_RELATIONS} sheets`);
          sheets.push({
            name: attribute("name") ?? "",
            relation: attribute("r:id") ?? "",
            isHidden: attribute("state") !== undefined && attribute("state") !== "visible",
          });
        }
      },
    },
    main.target,
  ));
  const worksheets = sheets.filter(({ relation }) => relations.get(relation)?.type === "worksheet");
  const first = worksheets.find(({ isHidden }) => !isHidden) ?? worksheets[0];
  const partOf = ({ relation }: { readonly relation: string }) => relations.get(relation)?.target;
  const sheet = first && partOf(first);
  if (sheet === undefined) throw new XlsxFault("it has no sheet with cells");
  const targetOf = (type: string) => [...relations.values()].find((relation) => relation.type === type)?.target ?? null;
  const others = worksheets.flatMap((other) => {
    const part = partOf(other);
    return other === first || other.isHidden || part === undefined ? [] : [{ name: other.name, sheet: part }];
  });
  return {
    sheet,
    sheetName: first?.name ?? "",
    others,
    sharedStrings: targetOf("sharedStrings"),
    styles: targetOf("styles"),
    from1904,
  };
}

async function readRelations(
  parts: WorkbookParts,
  name: string,
  folder: string,
): Promise<ReadonlyMap<string, Relation>> {
  const relations = new Map<string, Relation>();
  if (!parts.has(name)) return relations;
  const visitor = {
    open(element: string, attribute: (name: string) => string | undefined) {
      const { id, type, target } = { id: attribute("Id"), type: attribute("Type"), target: attribute("Target") };
      if (element !== "Relationship" || id === undefined || type === undefined || target === undefined) return;
      // A link to somewhere else is no part.
      if (attribute("TargetMode") === "External") return;
      if (relations.size === MOST_RELATIONS)
        throw new XlsxFault(`its part ${name} names more than ${MOST_RELATIONS} parts`);
      // The last word tells both dialects of the format, strict and transitional.
      relations.set(id, { type: type.slice(type.lastIndexOf("/") + 1), target: partName(folder, target) });
    },
  };
  for await (const _ of walkXml(parts.open(name), visitor, name));
  return relations;
}

/** A target is relative to its source's folder, or begins with a slash. */
function partName(folder: string, target: string): string {
  try {
    const path = new URL(target, `file:///${folder}`).pathname;
    return decodeURIComponent(path).slice(1);
  } catch (cause) {
    throw new XlsxFault(`its part "${target.slice(0, MOST_SHOWN)}" names no part`, { cause });
  }
}

const isTrue = (value: string | undefined) => value === "1" || value === "true" || value === "on";
