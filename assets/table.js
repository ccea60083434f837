// Enter in a table cell acts as a click.
document.addEventListener("keydown", (event) => {
  if (event.key === "Enter" && event.target.classList?.contains("ag-cell")) event.target.click();
});
// Cell renderers of the tables.
window.dashAgGridComponentFunctions = Object.assign(window.dashAgGridComponentFunctions || {}, {
  // Thumbnail of a drawing; the name is in another cell of the row.
  Thumbnail: (props) =>
    props.data
      ? React.createElement("img", { src: sunspot.url(`/media/${props.data.key}/thumb?v=${props.data.modified}`), alt: "", loading: "lazy", className: "thumbnail" })
      : null,
});
