"""Streamlit and Gradio: the script and the functions that they run are the application's."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from tests.tools import answers, universe
from tests.tools.serving import free_port, serving

if TYPE_CHECKING:
    from tests.support.project import ProjectFolder
    from tests.tools.conftest import ToolProject

pytestmark = pytest.mark.slow


@pytest.fixture(params=["shared", "isolated"])
def shows(request: pytest.FixtureRequest, tool_project: ToolProject) -> ProjectFolder:
    """Both, for everybody or in environments of their own."""
    isolate = ("streamlit", "gradio") if request.param == "isolated" else ()
    extra = universe.beside_other_lib(*isolate)
    project = tool_project("streamlit", "gradio", "websockets", isolate=isolate, extra=extra)
    answers.write(project)
    return project


@pytest.mark.tool("Streamlit", how="`mvenv run streamlit run app.py`, caches, `streamlit.testing`")
def test_streamlit(shows: ProjectFolder) -> None:
    shows.write(
        "show.py",
        """
        import json
        import pathlib
        import streamlit as st
        import answers, dep_b, lib

        def own():
            import lib.late

            return lib.late.VERSION

        @st.cache_data
        def cached():
            return answers.each_side()

        told = {"answer": answers.answer(), "cached": cached(), "called": dep_b.call(own)}
        pathlib.Path("told.json").write_text(json.dumps(told))
        st.write("shown " + lib.VERSION)
        if st.button("again"):
            st.write("pressed " + own())
        """,
    )
    shows.write(
        "visit.py",
        """
        import sys
        from streamlit.proto.BackMsg_pb2 import BackMsg
        from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
        from websockets.sync.client import connect

        message = BackMsg()
        message.rerun_script.query_string = ""
        with connect(f"ws://127.0.0.1:{sys.argv[1]}/_stcore/stream", subprotocols=["streamlit"]) as socket:
            socket.send(message.SerializeToString())
            for data in socket:
                told = ForwardMsg.FromString(data)
                text = told.delta.new_element.markdown.body
                if text:
                    print(text)
                if told.WhichOneof("type") == "script_finished":
                    break
        """,
    )
    shows.write(
        "test_show.py",
        """
        from streamlit.testing.v1 import AppTest

        page = AppTest.from_file("show.py").run(timeout=60)
        assert not page.exception, page.exception
        page.button[0].click().run(timeout=60)
        print([each.value for each in page.markdown])
        """,
    )
    right = {"answer": answers.RIGHT, "cached": answers.EACH_SIDE, "called": "1"}
    port = free_port()
    options = ("--server.headless=true", "--browser.gatherUsageStats=false", f"--server.port={port}")
    with serving(shows, port, "streamlit", "run", *options, "show.py") as server:
        assert server.get("/_stcore/health") == "ok"
        assert shows.mvenv("run", "visit.py", str(port)).out == "shown 1\n", server.log()
        assert json.loads((shows.root / "told.json").read_text()) == right
    assert shows.mvenv("run", "test_show.py").out == "['shown 1', 'pressed 1']\n"


@pytest.mark.tool("Gradio", how="`mvenv run app.py`, functions and generators")
def test_gradio(shows: ProjectFolder) -> None:
    shows.write(
        "app.py",
        """
        import json
        import sys
        import gradio
        import answers

        def answer(text):
            import lib

            return json.dumps([text, lib.VERSION, answers.answer()])

        def steps(text):
            import lib

            yield "no"
            yield json.dumps([text, lib.VERSION])

        with gradio.Blocks() as page:
            one, other = gradio.Textbox(), gradio.Textbox()
            one.submit(answer, one, other, api_name="answer")
            one.submit(steps, one, other, api_name="steps")

        if __name__ == "__main__":
            page.launch(server_port=int(sys.argv[1]), prevent_thread_lock=True, quiet=True)
            from gradio_client import Client

            client = Client(page.local_url, verbose=False)
            found = [json.loads(client.predict("asked", api_name=name)) for name in ("/answer", "/steps")]
            print(json.dumps(found))
            page.close(verbose=False)
        """,
    )
    said = shows.mvenv("run", "app.py", str(free_port()), env={"GRADIO_ANALYTICS_ENABLED": "False"})
    assert json.loads(said.out.splitlines()[-1]) == [["asked", "1", answers.RIGHT], ["asked", "1"]], said
