"""A question set as files that others use: our own JSON, SurveyJS, XLSForm, a page, an outline.

May import what ``funnels`` may import, and ``funnels`` itself.
"""

from elicit.funnels.exports.files import FORMATS, export, file_names, write_funnel
from elicit.funnels.exports.funnel import Funnel, funnel_json, funnel_of, read_funnel
from elicit.funnels.exports.outline import outline
from elicit.funnels.exports.page import page, page_style
from elicit.funnels.exports.shown import give_up_text, price_text
from elicit.funnels.exports.surveyjs import survey_cases_json, survey_json
from elicit.funnels.exports.surveyjs_reading import read_surveyjs
from elicit.funnels.exports.walks import Walk, walks
from elicit.funnels.exports.xlsform import xlsform

__all__ = [
    "FORMATS",
    "Funnel",
    "Walk",
    "export",
    "file_names",
    "funnel_json",
    "funnel_of",
    "give_up_text",
    "outline",
    "page",
    "page_style",
    "price_text",
    "read_funnel",
    "read_surveyjs",
    "survey_cases_json",
    "survey_json",
    "walks",
    "write_funnel",
    "xlsform",
]
