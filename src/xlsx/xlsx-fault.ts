/** Why a workbook cannot be read, in words for the person who saved it. */
export class XlsxFault extends Error {
  override readonly name = "XlsxFault";
}
